"""The recipe of specdec's embedded pair: a tiny target and a tinier draft of Python source."""
