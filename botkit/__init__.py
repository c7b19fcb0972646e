"""A bot framework for service desks in group chats: platform-neutral, durable, pleasant to extend."""
