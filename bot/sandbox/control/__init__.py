"""The sandbox driven from outside: an HTTP interface, and the page that uses it."""
