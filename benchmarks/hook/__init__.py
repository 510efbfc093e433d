"""What the hook costs an agent."""
