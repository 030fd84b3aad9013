# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A thread at a glance
#
# Load the comments of a page, score them, look at what was flagged and why. Change `page` to a
# page, an export or a table of your own. Nothing leaves this machine.

# %%
import altair as alt
import pandas as pd

import moderation

alt.renderers.enable("svg")  # drawn here: the usual renderer fetches its script over the network

page = "../data/council-budget.txt"
comments = moderation.read(page)
comments[["author", "text"]].head()

# %% [markdown]
# ## Scores
#
# Sentiment runs from −1 to 1; the six toxicity scores from 0 to 1: the share of readers who would
# call the comment so. Every row says which model and which policy decided.

# %%
scored = moderation.score(comments)
print(scored["model"].iloc[0], "·", scored["policy"].iloc[0])
scored[["author", "sentiment", "toxicity", "insult", "threat", "action"]].round(2)

# %% [markdown]
# ## Sentiment against toxicity
#
# The two are not the same: a sad comment is negative and not toxic, a gleeful insult is toxic and
# not negative. What is toxic *and* negative stands at the upper left.

# %%
colours = alt.Scale(domain=["approve", "review", "reject"], range=["#4c78a8", "#f58518", "#d62728"])
chart = (
    alt.Chart(
        scored.dropna(subset=["toxicity"])[["author", "text", "sentiment", "toxicity", "action"]]
    )
    .mark_circle(size=120, opacity=0.8)
    .encode(
        alt.X(
            "sentiment:Q", scale=alt.Scale(domain=[-1, 1]), title="sentiment (negative → positive)"
        ),
        alt.Y("toxicity:Q", scale=alt.Scale(domain=[0, 1])),
        alt.Color("action:N", scale=colours),
        tooltip=["author", "text", alt.Tooltip("toxicity", format=".2f")],
    )
    .properties(width=480, height=320, title="Each dot is a comment")
)
chart

# %% [markdown]
# ## What a person should look at, worst first

# %%
queue = scored[scored["action"] == "review"].sort_values("priority", ascending=False)
queue[["priority", "author", "text", "error"]]

# %% [markdown]
# ## Why
#
# `explain` shows a text with the words that brought the score about, and the rules that fired.

# %%
worst = queue.dropna(subset=["toxicity"]).iloc[0]
moderation.explain(worst["text"])

# %% [markdown]
# What each character adds to the score, before it is calibrated:

# %%
explanation = moderation.explain(worst["text"])
letters = pd.DataFrame(
    {"letter": list(worst["text"]), "adds": explanation.contributions("toxicity")}
)
alt.Chart(letters.reset_index()).mark_bar().encode(
    alt.X("index:O", axis=alt.Axis(labels=False, ticks=False), title=None),
    alt.Y("adds:Q", title="adds to the logit of toxicity"),
    alt.Color("adds:Q", scale=alt.Scale(scheme="redblue", reverse=True, domainMid=0), legend=None),
    tooltip=["letter", alt.Tooltip("adds", format=".3f")],
).properties(width=760, height=160)
