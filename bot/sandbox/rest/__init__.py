"""Discord's REST interface over HTTP."""
