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
