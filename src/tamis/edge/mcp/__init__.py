"""The MCP server: what agents call to shorten a text, to get back what was left out, to remember and to recall.

`desk` does the work and knows no protocol; `server` says it in the words of the protocol, by the official SDK (extra
`mcp`); `http` guards the door where it is served over HTTP.
"""
