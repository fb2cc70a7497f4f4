"""The yardstick: the least that Flask can do, a route that returns a constant."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def constant() -> str:
    """Return a constant."""
    return "bonjour"
