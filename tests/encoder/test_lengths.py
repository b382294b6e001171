from vecocli.encoder.lengths import count_truncated


def test_counts_what_does_not_fit(tiny_encoder):
    words = ["Z", "Z Z", "Z Z Z"]
    assert [len(piece.ids) for piece in tiny_encoder.tokens.pieces(words)] == [1, 2, 3]
    assert [count_truncated(tiny_encoder, words, room + 2) for room in (1, 2, 3)] == [2, 1, 0]


def test_the_models_own_limit_holds_where_it_is_lower(tiny_encoder):
    assert count_truncated(tiny_encoder, [" ".join("Z" * 126), " ".join("Z" * 127)], 512) == 1
