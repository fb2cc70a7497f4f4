-- What wrk asks for: requests.lua, beside the results, returns a list of methods, paths, headers,
-- bodies and weights. Prints one line for `benchmarks.load`.
local choices, total = dofile(os.getenv("REQUESTS"))

function setup(thread)
  seed = (seed or 0) + 1
  thread:set("seed", seed)
end

function init(arguments)
  math.randomseed(seed)
end

function request()
  local drawn = math.random(total)
  for _, each in ipairs(choices) do
    drawn = drawn - each.weight
    if drawn <= 0 then
      return each.bytes[math.random(#each.bytes)]
    end
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  print(string.format("measured\t%d\t%d\t%d\t%d\t%d\t%d", summary.requests, summary.duration, failed,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
