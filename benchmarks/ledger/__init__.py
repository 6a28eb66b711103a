"""The ledger timed: issuing in bulk, look-ups among millions of arms, a batch with a ledger."""
