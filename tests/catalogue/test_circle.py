import pytest

from kb.catalogue.circle import Edge, in_circles


def edges(text: str) -> list[Edge]:
    return [(pair[0], pair[1]) for pair in text.split()]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", ""),
        ("ab bc", ""),
        ("ab bc ac", ""),
        ("aa", "aa"),
        ("ab ba", "ab ba"),
        ("ab bc ca", "ab bc ca"),
        ("xa ab bc ca cy", "ab bc ca"),
        ("ab ba bc cd dc", "ab ba cd dc"),
        ("ab bc cb ca", "ab bc cb ca"),
        ("ba ca da ad", "da ad"),
    ],
)
def test_links_in_a_circle_are_told_from_those_that_lead_to_or_from_one(given: str, expected: str) -> None:
    assert in_circles(edges(given)) == set(edges(expected))


def test_a_chain_of_thousands_is_walked_without_recursion() -> None:
    chain = [(str(n), str(n + 1)) for n in range(20_000)]
    assert in_circles(chain) == frozenset()
    assert in_circles([*chain, ("20000", "0")]) == {*chain, ("20000", "0")}
