"""What keeps coming back: `told` and `tellings` count the words that tell a cause, `lexicon` the mechanisms they tell of, `space`
makes vectors of them; `near` finds what is alike, `groups`, `belonging` and `clusters` what belongs together, `repeats` what came
back, `causes` what nobody named; `recurrence` puts them together."""
