"""Values to Vega-Lite dictionaries, one function each."""
