"""The pictures that go into a request: recognised, hashed, kept in the store, and sent."""
