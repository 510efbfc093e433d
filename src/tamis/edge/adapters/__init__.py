"""Sockets: where tamis plugs into other packages. Each module imports its package, and nothing else imports the module.

`tamis.edge.adapters.langchain`, `.llama_index`, `.autogen`, `.agent_framework`, `.promptflow`: see
docs/integrations.md.
`.clients` (which imports none), `.litellm`: see docs/clients.md.
"""
