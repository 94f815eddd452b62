// The sandbox's control interface: GET and POST with JSON, and the socket that tells of every event.

export async function get(path) {
  return answered(await fetch(path));
}

export async function post(path, body = {}) {
  const headers = { "Content-Type": "application/json" };
  return answered(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

export async function remove(path) {
  return answered(await fetch(path, { method: "DELETE" }));
}

/** The JSON of an answer; throws an Error that says what the sandbox said. */
async function answered(response) {
  const body = await response.json().catch(() => ({ error: `${response.status} ${response.statusText}` }));
  if (!response.ok) throw new Error(body.error || `${response.status}`);
  return body;
}

const RETRY_MS = 500;

/** Calls `onEvent` for each event and `onChange(connected)`, again and again as long as the page is open. */
export function listen(onEvent, onChange) {
  const socket = new WebSocket(`ws://${location.host}/sandbox/events`);
  socket.onopen = () => onChange(true);
  socket.onmessage = (message) => onEvent(JSON.parse(message.data));
  socket.onclose = () => {
    onChange(false);
    setTimeout(() => listen(onEvent, onChange), RETRY_MS);
  };
}
