import numpy as np

from tamis.prompt.documents.order import dynamic, two_stage


def test_two_stage_puts_the_best_at_both_ends():
    assert two_stage([0, 1, 2, 3, 4]) == [0, 2, 4, 3, 1]


def test_dynamic_ratios_keep_the_share_of_equation_5():
    # Two documents of ten words each, tau .5, spread .4: the best keeps .7, the other .3.
    document_of = np.repeat([0, 1], 10)
    scores = np.concatenate([np.linspace(0, 1, 10), np.linspace(5, 9, 10)])
    shifted = dynamic(scores, document_of, [0, 1], 0.4)
    kept = np.zeros(20, bool)
    kept[np.argsort(-shifted)[:10]] = True
    assert [kept[:10].sum(), kept[10:].sum()] == [7, 3]
