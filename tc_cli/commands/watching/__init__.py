"""The two verbs that stay: `queue watch` and `session watch`, each on a live stream."""
