"""Models of several tasks and several scenarios."""

from keras_cases.models.features import embedded, id_inputs, joined, mlp, score
from keras_cases.registry import case

TASKS = ("click", "like", "buy")


def bottom(keras, width=4):
    """Return inputs by name, and one row of all their embeddings."""
    inputs = id_inputs(keras)
    return inputs, joined(keras, embedded(keras, inputs, width).values())


def mixed(keras, x, experts, name):
    """Return the experts' mean, weighted by a gate of ``x``."""
    gate = keras.layers.Dense(len(experts), activation="softmax", name=f"{name}_gate")(x)
    rows = [keras.layers.Reshape((1, expert.shape[-1]))(expert) for expert in experts]
    stacked = keras.layers.Concatenate(axis=1)(rows)
    return keras.layers.Dot(axes=1, name=f"{name}_mix")([gate, stacked])


@case("model-shared_bottom")
def shared_bottom(keras):
    inputs, x = bottom(keras)
    hidden = mlp(keras, x, (8,))
    return keras.Model(
        inputs, {task: score(keras, mlp(keras, hidden, (4,)), task) for task in TASKS}
    )


@case("model-mmoe")
def mmoe(keras):
    inputs, x = bottom(keras)
    experts = [mlp(keras, x, (6,)) for _ in range(3)]
    outputs = [score(keras, mlp(keras, mixed(keras, x, experts, t), (4,)), t) for t in TASKS]
    model = keras.Model(list(inputs.values()), outputs)
    model.compile(
        keras.optimizers.Adam(0.01),
        {task: "binary_crossentropy" for task in TASKS},
        loss_weights={"click": 1.0, "like": 0.5, "buy": 2.0},
    )
    return model


@case("model-mmoe-ops", keras3_only=True)
def mmoe_ops(keras):
    ops = keras.ops
    inputs, x = bottom(keras)
    experts = ops.stack([mlp(keras, x, (6,), dropout=0.1) for _ in range(3)], axis=1)
    outputs = {}
    for task in TASKS:
        gate = keras.layers.Dense(3, activation="softmax")(x)
        outputs[task] = score(keras, ops.einsum("be,bed->bd", gate, experts), task)
    return keras.Model(inputs, outputs)


@case("model-ple")
def progressive_extraction(keras):
    inputs, x = bottom(keras)
    own, shared = {task: x for task in TASKS[:2]}, x
    for level in range(2):
        together = [mlp(keras, shared, (6,)) for _ in range(2)]
        experts = {task: mlp(keras, value, (6,)) for task, value in own.items()}
        everything = [*together, *experts.values()]
        next_own = {
            task: mixed(keras, value, [*together, experts[task]], f"{task}_{level}")
            for task, value in own.items()
        }
        shared = mixed(keras, shared, everything, f"shared_{level}")
        own = next_own
    return keras.Model(
        inputs, {task: score(keras, mlp(keras, value, (4,)), task) for task, value in own.items()}
    )


@case("model-esmm")
def esmm(keras):
    inputs, x = bottom(keras)
    click = score(keras, mlp(keras, x, (8, 4)), "click")
    conversion = score(keras, mlp(keras, x, (8, 4)), "conversion")
    both = keras.layers.Multiply(name="click_and_conversion")([click, conversion])
    model = keras.Model(list(inputs.values()), [click, both])
    model.compile(keras.optimizers.Adam(0.01), ["binary_crossentropy"] * 2, loss_weights=[1.0, 0.8])
    return model


@case("model-star", keras3_only=True)
def star(keras):
    ops = keras.ops
    inputs, x = bottom(keras)
    scene = keras.Input((1,), dtype="int32", name="scene")
    for level, (width, units) in enumerate(((16, 6), (6, 3))):
        shared = keras.layers.Dense(width * units, use_bias=False, name=f"shared_{level}")
        own = keras.layers.Embedding(3, width * units, name=f"own_{level}")(scene)
        both = own * shared(ops.ones_like(ops.cast(scene, "float32")))[:, None]
        kernel = ops.reshape(both, (-1, width, units))
        bias = ops.squeeze(keras.layers.Embedding(3, units, name=f"bias_{level}")(scene), axis=1)
        x = ops.relu(ops.squeeze(ops.matmul(ops.expand_dims(x, 1), kernel), axis=1) + bias)
    return keras.Model({**inputs, "scene": scene}, score(keras, x))


@case("model-gated")
def gated(keras):
    # The units of PPNet: a scenario scales every hidden layer.
    inputs, x = bottom(keras)
    scene = keras.Input((1,), dtype="int32", name="scene")
    prior = keras.layers.Flatten()(keras.layers.Embedding(3, 4, name="scene_table")(scene))
    for units in (8, 4):
        gate = keras.layers.Dense(units, activation="relu")(prior)
        gate = keras.layers.Dense(units, activation="sigmoid")(gate)
        gate = keras.layers.Rescaling(2.0)(gate)
        x = keras.layers.Multiply()([keras.layers.Dense(units, activation="relu")(x), gate])
    return keras.Model({**inputs, "scene": scene}, score(keras, x))


@case("model-scenario_switch", keras3_only=True)
def scenario_switch(keras):
    ops = keras.ops
    inputs, x = bottom(keras)
    scene = keras.Input((), dtype="int32", name="scene")
    towers = ops.stack([score(keras, mlp(keras, x, (4,))) for _ in range(3)], axis=1)
    chosen = ops.one_hot(scene, 3)
    picked = ops.sum(ops.squeeze(towers, axis=2) * chosen, axis=1, keepdims=True)
    model = keras.Model({**inputs, "scene": scene}, picked)
    model.compile(keras.optimizers.Nadam(0.01), "binary_crossentropy")
    return model


@case("model-many_outputs", trained_steps=2)
def many_outputs(keras):
    inputs, x = bottom(keras)
    hidden = mlp(keras, x, (8,), dropout=0.2)
    outputs = {
        "click": score(keras, hidden, "click"),
        "watch_time": keras.layers.Dense(1, activation="softplus", name="watch_time")(hidden),
        "rating": keras.layers.Dense(5, activation="softmax", name="rating")(hidden),
    }
    model = keras.Model(inputs, outputs)
    losses = {
        "click": keras.losses.BinaryFocalCrossentropy(gamma=1.0),
        "watch_time": keras.losses.Huber(0.5),
        "rating": "sparse_categorical_crossentropy",
    }
    weights = {"click": 1.0, "watch_time": 0.1, "rating": 0.4}
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), losses, loss_weights=weights)
    return model
