"""Interventions on the chain: responses are edited, and the model that wrote them goes on."""
