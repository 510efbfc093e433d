"""The area under the ROC curve, by hand."""

import numpy as np

from tamis.distill.auc import auc


def test_auc_counts_ties_half():
    assert auc(np.array([3.0, 1.0, 2.0]), np.array([True, False, False])) == 1
    assert auc(np.array([1.0, 1.0]), np.array([True, False])) == 0.5
