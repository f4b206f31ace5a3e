from core.jobs.select import ENOUGH, lopsided_vote


def test_a_vote_for_nearly_one_class_is_warned_of():
    (text,) = lopsided_vote([1] * 18 + [0] * 2)
    assert "class 1 for 90%" in text


def test_an_even_vote_and_a_handful_of_items_are_not():
    assert lopsided_vote([0, 1, 2] * ENOUGH) == []
    assert lopsided_vote([1] * (ENOUGH - 1)) == lopsided_vote([]) == []
