"""Plain words and the exact terms behind them."""

from __future__ import annotations

GLOSSARY = (
    (
        "group, persona",
        "cluster",
        "Users whose behaviour lies nearer to one another than to others; a persona is a group with a name.",
    ),
    ("measure", "feature, variable", "One number or category per user, taken from the data."),
    (
        "times the average",
        "ratio of means, lift",
        "value in the group / value among everyone. 1 is the average; 0.8 to 1.25 is not called a difference.",
    ),
    ("95 % interval", "confidence interval", "Ranges made this way hold the true value in 95 of 100 samples."),
    (
        "same group 94 times in 100",
        "bootstrap Jaccard",
        "Mean over resamples of |A ∩ B| / |A ∪ B| for a group A and the nearest group B of the resample (Hennig 2007).",
    ),
    (
        "agreement between samples",
        "adjusted Rand index",
        "(agreeing pairs - expected) / (largest possible - expected); 1 is identical, 0 is chance (Hubert & Arabie 1985).",
    ),
    ("steady, fairly steady, shaky", "bootstrap Jaccard", "From 0.75; from 0.60; below."),
    (
        "well separated, overlapping",
        "silhouette",
        "Mean of (b - a) / max(a, b): a is the mean distance within the own group, b to the next one (Rousseeuw 1987).",
    ),
    (
        "left-over difference",
        "inertia, within-cluster sum of squares",
        "Sum of squared distances to the typical user of each group, as a share of the total.",
    ),
    ("gain", "drop of inertia", "Left-over difference with one group less, minus left-over difference."),
    (
        "clear or soft border",
        "Hartigans' dip test",
        "Projects two neighbouring groups on the line between them; a small p says that there is a valley "
        "(Hartigan & Hartigan 1985).",
    ),
    (
        "good, border, misplaced",
        "silhouette from 0.25, from 0, below 0",
        "How well a user sits: well inside the group, between two groups, nearer to another one.",
    ),
    (
        "without groups",
        "silhouette of the copula null",
        "The mean silhouette of data with the same columns and rank correlations and nothing else; there is no pass "
        "mark such as 0.7.",
    ),
    (
        "less left over than without groups",
        "gap statistic",
        "log of the left-over difference in a uniform box along the principal axes minus that of the data; the smallest number "
        "within one standard error of the next (Tibshirani, Walther & Hastie 2001).",
    ),
    (
        "half the users foretell the rest",
        "prediction strength",
        "The worst group's share of pairs that the centres of the other half put together; the largest number with 0.8 or "
        "more (Tibshirani & Walther 2005).",
    ),
    (
        "mixture of bell curves",
        "BIC of Gaussian mixtures",
        "-2 log likelihood + log n times the number of parameters; the smallest is best (Schwarz 1978).",
    ),
    (
        "nested",
        "nesting share",
        "Share of users whose finer group comes mostly from the coarser group they are in, beside the same with "
        "shuffled groups.",
    ),
    (
        "alike inside, alike outside",
        "within- and between-group similarity",
        "1 - mean distance / mean distance of any two users, on the space in which the groups were formed.",
    ),
    (
        "may be one group, may be two",
        "near-duplicate, splittable",
        "One: no valley (dip p above 0.2) and centres at most 4 standard deviations apart. Two: a valley (p below 0.01 after "
        "Bonferroni) in users the split was not found on, and more than correlation (z below -5).",
    ),
    (
        "more than correlation",
        "Gaussian copula null",
        "Compares the left-over difference with data that have the same margins and rank correlations and nothing else.",
    ),
    (
        "directions beyond chance",
        "parallel analysis",
        "Directions that explain more than the same directions of shuffled data (Horn 1965).",
    ),
    ("near the border", "margin", "1 - distance to the own group / distance to the second one; near 0 is on the border."),
    ("not in any group", "outlier, noise", "Too far from every group, or no behaviour to go by."),
    (
        "placing rule, fidelity",
        "nearest prototype, agreement",
        "The share of users whom the rule puts where the method put them.",
    ),
    (
        "NPS, promoters and detractors",
        "net promoter score",
        "Of the answers from 0 to 10 whether one would recommend: the share of 9 and 10 minus the share of 0 to 6, in points "
        "from -100 to 100 (Reichheld 2003). Who did not answer is counted beside it.",
    ),
    (
        "natural, reproducible, constructive",
        "types of segmentation",
        "Groups the data show; steady cuts of a continuum; bands made for use (Dolnicar & Leisch 2010).",
    ),
)
"""Word on the page, exact term, meaning with its formula."""
