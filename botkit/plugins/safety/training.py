"""Training the model: networks over the examples, with the errors that people make; at development time only.

Needs scikit-learn. The same examples and the same versions give the same file, byte for byte.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from botkit.plugins.safety.engine import SafetyRules
from botkit.plugins.safety.examples import Example, digest, load_examples, services
from botkit.plugins.safety.model import Model
from botkit.plugins.safety.rows import CLASSES, Floats, Plan, Texts, count, dropped, matrix
from botkit.plugins.safety.spoiling import Spoiler


def gather(rules: SafetyRules, examples: list[Example], more: Sequence[str], plan: Plan) -> tuple[Texts, Texts]:
    """The examples as they are, and the spoilt copies of them that are learned from as well."""
    known = {example.text for example in examples}
    rows = [(one.text, _class(rules, one.kind), one.kind, one.group, one.file.startswith("talk")) for one in examples]
    last = max(one.group for one in examples)
    more = [text for text in dict.fromkeys(more) if text not in known]
    rows += [(text, 0, "", last + 1 + at // 4, False) for at, text in enumerate(more)]
    spoiler = Spoiler(plan.seed, plan.around)
    chance = random.Random(plan.seed)
    spoilt = [(spoiler.noisy(text), *rest) for text, *rest in rows]
    quiet = [row[0] for row in rows if not row[1]]
    spoilt += [
        (spoiler.longer(text, quiet), *rest) for text, *rest in rows if chance.random() < (0.17 if rest[0] else 0.12)
    ]
    spoilt += [(spoiler.around(text), *rest) for text, *rest in rows if rest[0] or chance.random() < 0.6]
    # What is shouted is short and comes in many shapes.
    shouts = [row for row in rows if row[1] and len(row[0]) <= plan.shout]
    spoilt += [(spoiler.around(text), *rest) for text, *rest in shouts for _ in range(plan.shapes)]
    spoilt += [(spoiler.snippet(text), *rest) for text, *rest in rows if not rest[0] and chance.random() < 0.4]
    return _texts(rules, rows), _texts(rules, spoilt)


def _class(rules: SafetyRules, kind: str) -> int:
    return CLASSES.index(rules.kinds[kind][0].value) if kind else 0


def _texts(rules: SafetyRules, rows: Sequence[Sequence[Any]]) -> Texts:
    texts, classes, kinds, groups, talk = zip(*rows, strict=True)
    sets = [rules.features(text) for text in texts]
    return Texts(list(texts), sets, np.array(classes), list(kinds), np.array(groups), np.array(talk))


def fit(plan: Plan, texts: Texts, spoilt: Texts, tick: Callable[[str], None]) -> Model:
    """A model of these texts, without thresholds."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier

    names, rarity = count(texts, plan.kept)
    rows = matrix([*texts.sets, *spoilt.sets], names, rarity, plan.smooth)
    classes = np.concatenate([texts.classes, spoilt.classes])
    networks = []
    for network in range(plan.networks):
        chance = np.random.default_rng(plan.seed + network)
        learner = MLPClassifier(
            (plan.hidden,), batch_size=256, learning_rate_init=2e-3, random_state=plan.seed + network
        )
        for done in range(plan.passes):
            tick(f"network {network + 1}, pass {done + 1}")
            order = chance.permutation(len(classes))
            learner.partial_fit(dropped(rows[order], plan.dropped, chance), classes[order], classes=[0, 1, 2])
        networks.append(learner)
    tick("lines")
    lines = [
        LogisticRegression(C=10, max_iter=200, solver="liblinear", random_state=plan.seed).fit(rows, classes == one)
        for one in (1, 2)
    ]
    return _packed(plan, names, rarity, networks, lines, *_kinds(texts, names, rarity))


def _kinds(texts: Texts, names: list[str], rarity: Floats) -> tuple[list[str], int, NDArray[Any], Floats]:
    """For each kind a centre: which features its texts have more often than those of other kinds."""
    order = sorted({(texts.classes[at], kind) for at, kind in enumerate(texts.kinds) if kind})
    kinds = [kind for _, kind in order]
    rows = matrix(texts.sets, names, rarity, 0)
    centres = np.array([np.asarray(rows[[k == kind for k in texts.kinds]].mean(0)).ravel() for kind in kinds])
    centres -= centres.mean(0)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    scale = 127 / np.abs(centres).max()
    told = np.round(centres.T * scale).astype(np.int8)
    return kinds, int(sum(concern == 1 for concern, _ in order)), told, np.zeros(len(kinds), np.float32)


def _packed(
    plan: Plan, names: list[str], rarity: Floats, networks: list[Any], lines: list[Any], kinds: list[str], among: int,
    told: NDArray[Any], bias: Floats,
) -> Model:  # fmt: skip
    inner = np.hstack([network.coefs_[0] for network in networks])
    steps = (np.abs(inner).max(0) / 127).astype(np.float32)
    return Model(
        names,
        {
            "rarity": rarity,
            "inner": np.round(inner / steps).astype(np.int8),
            "steps": steps,
            "bias": np.hstack([network.intercepts_[0] for network in networks]).astype(np.float32),
            "outer": np.stack([network.coefs_[1] for network in networks]).astype(np.float32),
            "outer_bias": np.stack([network.intercepts_[1] for network in networks]).astype(np.float32),
            "direct": np.vstack([line.coef_[0] for line in lines]).T.astype(np.float16),
            "direct_bias": np.array([line.intercept_[0] for line in lines], np.float32),
            "kinds": told,
            "kind_bias": bias,
        },
        {"smooth": plan.smooth, "line": plan.line, "kinds": kinds, "emergency_kinds": among, "thresholds": {}},
    )


def train(folder: Path, config: Path, tick: Callable[[str], None] = lambda _: None) -> Model:
    """The model of a folder of rules, with thresholds that held-out examples gave; written to ``model.npz``."""
    plan = Plan.load(folder)
    rules = SafetyRules.load(folder, learned=False)
    examples = load_examples(folder)
    tick("features")
    texts, spoilt = gather(rules, examples, list(services(config)), plan)
    held = np.zeros((len(texts), 2))
    chance = np.random.default_rng(plan.seed)
    fold = chance.integers(plan.folds, size=int(texts.groups.max()) + 1)
    for number in range(plan.folds):
        tick(f"held out {number + 1} of {plan.folds}")
        keep, out = fold[texts.groups] != number, fold[texts.groups] == number
        model = fit(
            plan, texts.some(np.flatnonzero(keep)),
            spoilt.some(np.flatnonzero(fold[spoilt.groups] != number)), lambda _: None,
        )  # fmt: skip
        # As in a chat: by its windows, not only as a whole.
        rules.model = model
        for at in np.flatnonzero(out):
            scores = rules.scores_of(texts.texts[at])
            held[at] = scores.emergency, scores.fraud
    rules.model = None
    tick("all")
    model = fit(plan, texts, spoilt, tick)
    model.facts = {
        **model.facts,
        "thresholds": thresholds(plan.targets, held, texts),
        "digest": digest(examples, rules.lexicons),
        "examples": len(examples),
    }
    model.save(folder)
    return model


def thresholds(targets: dict[str, dict[str, float]], held: NDArray[Any], texts: Texts) -> dict[str, float]:
    """The scores from which on held-out texts keep what the targets ask, see ``model.toml``."""
    found = {}
    for name, target in sorted(targets.items()):
        concern = CLASSES.index(name.split("_")[0])
        scores = held[:, concern - 1]
        if "kept" not in target:
            # At most this share of ordinary talk, or of all quiet texts, is beyond it.
            quiet = texts.talk if "of_talk" in target else texts.classes != concern
            others = np.sort(scores[quiet])[::-1]
            found[name] = float(others[int(next(iter(target.values())) * len(others))])
        else:
            # At least this share of what is meant, and named by a rule, is beyond it.
            cue = "re" if concern == 1 else "rf"
            meant = [at for at, one in enumerate(texts.sets) if cue in one and texts.classes[at] == concern]
            found[name] = float(np.quantile(scores[meant], 1 - target["kept"]))
    return {name: round(score, 3) for name, score in found.items()}
