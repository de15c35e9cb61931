"""How complete answers are: which of the points that a full answer makes they state."""
