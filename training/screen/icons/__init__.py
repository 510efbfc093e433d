"""How the encoder of icons is made: packs, what their icons are called, crops, training, measurement."""
