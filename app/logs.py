"""Log lines as JSON, one request id each."""
