"""Weights, the embedded engine, the chat endpoint, embeddings."""
