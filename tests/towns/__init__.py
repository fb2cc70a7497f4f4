"""Tests of app.towns."""
