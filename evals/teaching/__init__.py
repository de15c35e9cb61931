"""How the embedded model is taught to answer in one token: an adapter, made on two cores."""
