"""Shapes of graphs: nested and shared models, inputs and outputs as lists and dicts."""

from keras_cases.registry import case
from keras_cases.surroundings import masked


def tower(keras, width, name=None):
    """Return a functional model of two layers."""
    x = keras.Input((width,))
    hidden = keras.layers.Dense(4, activation="relu")(x)
    return keras.Model(x, keras.layers.Dense(3)(hidden), name=name)


@case("graph-sequential")
def sequential(keras):
    dense = keras.layers.Dense
    return keras.Sequential([keras.Input((5,)), dense(4, activation="tanh"), dense(2)])


@case("graph-sequential-without_input")
def sequential_without_input(keras):
    dense = keras.layers.Dense
    model = keras.Sequential([dense(4, activation="tanh"), dense(2)])
    model.build((None, 5))
    return model


@case("graph-sequential-embedding")
def sequential_embedding(keras):
    return keras.Sequential(
        [
            keras.Input((6,), dtype="int32"),
            masked(keras),
            keras.layers.GRU(3),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


@case("graph-nested-functional")
def nested_functional(keras):
    x = keras.Input((5,), name="x")
    inner = tower(keras, 6, "inner")
    return keras.Model(x, keras.layers.Dense(2)(inner(keras.layers.Dense(6)(x))))


@case("graph-nested-sequential")
def nested_sequential(keras):
    x = keras.Input((5,), name="x")
    dense = keras.layers.Dense
    inner = keras.Sequential([keras.Input((5,)), dense(4, activation="relu"), dense(3)])
    return keras.Model(x, dense(2)(inner(x)))


@case("graph-nested-twice")
def nested_twice(keras):
    x = keras.Input((5,), name="x")
    y = keras.Input((5,))
    middle = keras.Model(y, tower(keras, 4, "innermost")(keras.layers.Dense(4)(y)), name="middle")
    return keras.Model(x, middle(x))


@case("graph-nested-sequential_of_models")
def sequential_of_models(keras):
    dense = keras.layers.Dense
    inner = keras.Sequential([keras.Input((4,)), dense(3, activation="tanh")], name="inner")
    functional = tower(keras, 3, "functional")
    return keras.Sequential([keras.Input((5,)), dense(4), inner, functional, dense(1)])


@case("graph-nested-several_inputs_and_outputs")
def nested_several(keras):
    left, right = keras.Input((3,)), keras.Input((4,))
    both = keras.layers.Concatenate()([left, right])
    first = keras.layers.Dense(2, name="first")(both)
    second = keras.layers.Dense(3, name="second")(both)
    inner = keras.Model([left, right], [first, second], name="inner")
    x, y = keras.Input((3,), name="x"), keras.Input((4,), name="y")
    first, second = inner([x, y])
    return keras.Model([x, y], [keras.layers.Dense(1)(second), first])


@case("graph-nested-dicts")
def nested_dicts(keras):
    names = {"user": keras.Input((3,), name="user"), "item": keras.Input((4,), name="item")}
    both = keras.layers.Concatenate()([names["user"], names["item"]])
    inner = keras.Model(
        names,
        {"z": keras.layers.Dense(2)(both), "a": keras.layers.Dense(3)(both)},
        name="inner",
    )
    x = {"user": keras.Input((3,), name="user"), "item": keras.Input((4,), name="item")}
    found = inner(x)
    return keras.Model(x, keras.layers.Concatenate()([found["z"], found["a"]]))


@case("graph-nested-shared_model")
def shared_model(keras):
    x, y = keras.Input((5,), name="x"), keras.Input((5,), name="y")
    inner = tower(keras, 5, "inner")
    return keras.Model([x, y], keras.layers.Subtract()([inner(x), inner(y)]))


@case("graph-nested-shared_sequential")
def shared_sequential(keras):
    x, y = keras.Input((5,), name="x"), keras.Input((5,), name="y")
    dense = keras.layers.Dense
    inner = keras.Sequential([keras.Input((5,)), dense(4, activation="relu"), dense(3)])
    return keras.Model([x, y], keras.layers.Multiply()([inner(x), inner(y)]))


@case("graph-shared_layer")
def shared_layer(keras):
    x, y = keras.Input((5,), name="x"), keras.Input((5,), name="y")
    dense = keras.layers.Dense(3, activation="tanh")
    return keras.Model([x, y], keras.layers.Concatenate()([dense(x), dense(y)]))


@case("graph-shared_layer-on_its_own_output")
def shared_layer_chained(keras):
    x = keras.Input((4,), name="x")
    dense = keras.layers.Dense(4, activation="tanh")
    return keras.Model(x, dense(dense(dense(x))))


@case("graph-shared_layer-called_outside_first")
def shared_layer_outside(keras):
    dense = keras.layers.Dense(3)
    dense(keras.Input((5,), name="elsewhere"))
    x = keras.Input((5,), name="x")
    return keras.Model(x, dense(x))


@case("graph-shared_layer-of_several_ranks")
def shared_layer_ranks(keras):
    x, y = keras.Input((4,), name="x"), keras.Input((6, 4), name="y")
    dense = keras.layers.Dense(3, activation="tanh")
    pooled = keras.layers.GlobalAveragePooling1D()(dense(y))
    return keras.Model([x, y], keras.layers.Add()([dense(x), pooled]))


@case("graph-inputs-list")
def inputs_list(keras):
    z, a = keras.Input((2,), name="z"), keras.Input((3,), name="a")
    return keras.Model([z, a], keras.layers.Dense(2)(keras.layers.Concatenate()([z, a])))


@case("graph-inputs-list_of_one")
def inputs_list_of_one(keras):
    x = keras.Input((3,), name="x")
    return keras.Model([x], [keras.layers.Dense(2)(x)])


@case("graph-inputs-dict")
def inputs_dict(keras):
    inputs = {"z": keras.Input((2,), name="z"), "a": keras.Input((3,), name="a")}
    both = keras.layers.Concatenate()(list(inputs.values()))
    return keras.Model(inputs, keras.layers.Dense(2)(both))


@case("graph-inputs-dict_of_other_names")
def inputs_dict_of_other_names(keras):
    inputs = {"z": keras.Input((2,), name="first"), "a": keras.Input((3,), name="second")}
    both = keras.layers.Concatenate()([inputs["z"], inputs["a"]])
    return keras.Model(inputs, keras.layers.Dense(2)(both))


@case("graph-inputs-nested", keras3_only=True)
def inputs_nested(keras):
    user = {"age": keras.Input((2,), name="age"), "tags": keras.Input((3,), name="tags")}
    inputs = {"user": user, "item": [keras.Input((4,), name="i0"), keras.Input((2,), name="i1")]}
    both = keras.layers.Concatenate()([user["age"], user["tags"], *inputs["item"]])
    return keras.Model(inputs, keras.layers.Dense(2)(both))


@case("graph-inputs-unnamed")
def inputs_unnamed(keras):
    x, y = keras.Input((2,)), keras.Input((3,))
    return keras.Model([x, y], keras.layers.Dense(2)(keras.layers.Concatenate()([x, y])))


@case("graph-inputs-unused")
def inputs_unused(keras):
    x, y = keras.Input((2,), name="x"), keras.Input((3,), name="y")
    return keras.Model([x, y], keras.layers.Dense(2)(x))


@case("graph-inputs-fixed_batch")
def fixed_batch(keras):
    x = keras.Input(batch_shape=(5, 3), name="x")
    return keras.Model(x, keras.layers.Dense(2)(x))


@case("graph-outputs-list")
def outputs_list(keras):
    x = keras.Input((3,), name="x")
    hidden = keras.layers.Dense(4, activation="relu")(x)
    return keras.Model(x, [keras.layers.Dense(2)(hidden), keras.layers.Dense(1)(hidden), hidden])


@case("graph-outputs-dict")
def outputs_dict(keras):
    x = keras.Input((3,), name="x")
    hidden = keras.layers.Dense(4, activation="relu")(x)
    like = keras.layers.Dense(1, activation="sigmoid", name="like")(hidden)
    click = keras.layers.Dense(1, activation="sigmoid", name="click")(hidden)
    return keras.Model(x, {"like": like, "click": click})


@case("graph-outputs-dict_of_other_names")
def outputs_dict_of_other_names(keras):
    x = keras.Input((3,), name="x")
    like = keras.layers.Dense(1, activation="sigmoid", name="first")(x)
    click = keras.layers.Dense(2, name="second")(x)
    return keras.Model(x, {"like": like, "click": click})


@case("graph-outputs-nested", keras3_only=True)
def outputs_nested(keras):
    x = keras.Input((3,), name="x")
    outputs = [keras.layers.Dense(width)(x) for width in (1, 2, 3)]
    return keras.Model(x, {"b": {"y": outputs[0], "x": outputs[1]}, "a": [outputs[2]]})


@case("graph-outputs-same_twice")
def outputs_same_twice(keras):
    x = keras.Input((3,), name="x")
    out = keras.layers.Dense(2)(x)
    return keras.Model(x, [out, out])


@case("graph-outputs-the_input")
def outputs_the_input(keras):
    x = keras.Input((3,), name="x")
    return keras.Model(x, [x, keras.layers.Dense(2)(x)])


@case("graph-outputs-of_inner_layer")
def outputs_of_inner_layer(keras):
    x = keras.Input((6,), dtype="int32", name="x")
    embedded = masked(keras)(x)
    pooled = keras.layers.GlobalAveragePooling1D()(embedded)
    return keras.Model(x, [keras.layers.Dense(1, activation="sigmoid")(pooled), embedded])


@case("graph-diamond")
def diamond(keras):
    x = keras.Input((4,), name="x")
    hidden = keras.layers.Dense(4, activation="relu")(x)
    left = keras.layers.Dense(4)(hidden)
    right = keras.layers.Dense(4)(hidden)
    joined = keras.layers.Add()([left, right, hidden])
    return keras.Model(x, keras.layers.Dense(1)(keras.layers.Multiply()([joined, x])))


@case("graph-names-with_slash")
def names_with_slash(keras):
    separator = "/" if keras.__name__ == "tf_keras" else "."
    x = keras.Input((4,), name="x")
    hidden = keras.layers.Dense(3, name=f"tower{separator}first")(x)
    return keras.Model(x, keras.layers.Dense(2, name=f"tower{separator}second")(hidden))


@case("graph-names-of_other_layers")
def names_of_other_layers(keras):
    # The groups in the file are counted by class, whatever the layers are called.
    x = keras.Input((4,), name="x")
    first = keras.layers.Dense(3, name="dense_1")(x)
    second = keras.layers.Dense(3, name="dense")(first)
    return keras.Model(x, keras.layers.Dense(3, name="embedding")(second))


@case("graph-names-of_inner_models")
def names_of_inner_models(keras):
    x = keras.Input((4,), name="x")
    parts = []
    for name in ("b", "a"):
        inner = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="d")], name=name)
        parts.append(inner(x))
    return keras.Model(x, keras.layers.Concatenate()(parts))


@case("graph-submodel_of_a_model")
def submodel(keras):
    x = keras.Input((4,), name="x")
    hidden = keras.layers.Dense(3, activation="relu", name="hidden")(x)
    whole = keras.Model(x, keras.layers.Dense(1)(hidden))
    return keras.Model(whole.inputs, whole.get_layer("hidden").output)
