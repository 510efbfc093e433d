"""How the embedded models were made: data, labels, training, evaluation, export. Needs the extra `train`."""
