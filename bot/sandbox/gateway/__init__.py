"""Discord's gateway over WebSocket."""
