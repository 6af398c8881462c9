"""Poolings over the steps of a sequence."""

from keras_cases.registry import layers
from keras_cases.surroundings import clicks, steps

GLOBAL = {
    "global_average": lambda keras: keras.layers.GlobalAveragePooling1D(),
    "global_max": lambda keras: keras.layers.GlobalMaxPooling1D(),
}
LOCAL = {
    "average": lambda keras: keras.layers.AveragePooling1D(2),
    "average-size_3": lambda keras: keras.layers.AveragePooling1D(3),
    "average-overlapping": lambda keras: keras.layers.AveragePooling1D(3, strides=1),
    "average-same": lambda keras: keras.layers.AveragePooling1D(4, strides=2, padding="same"),
    "max": lambda keras: keras.layers.MaxPooling1D(),
    "max-size_4": lambda keras: keras.layers.MaxPooling1D(4),
    "max-overlapping": lambda keras: keras.layers.MaxPooling1D(3, strides=2),
    "max-same": lambda keras: keras.layers.MaxPooling1D(5, strides=2, padding="same"),
}

layers("pooling", steps, GLOBAL | LOCAL)
layers("pooling-masked", clicks, GLOBAL | {name: LOCAL[name] for name in ("average", "max")})
layers(
    "pooling",
    steps,
    {
        "global_average-keepdims": lambda keras: keras.layers.GlobalAveragePooling1D(keepdims=True),
        "global_max-keepdims": lambda keras: keras.layers.GlobalMaxPooling1D(keepdims=True),
        "global_average-channels_first": lambda keras: keras.layers.GlobalAveragePooling1D(
            data_format="channels_first"
        ),
        "global_max-channels_first": lambda keras: keras.layers.GlobalMaxPooling1D(
            data_format="channels_first"
        ),
        "average-channels_first": lambda keras: keras.layers.AveragePooling1D(
            2, data_format="channels_first"
        ),
        "max-channels_first": lambda keras: keras.layers.MaxPooling1D(data_format="channels_first"),
    },
)
layers(
    "pooling-masked",
    clicks,
    {
        "global_average-keepdims": lambda keras: keras.layers.GlobalAveragePooling1D(keepdims=True),
    },
)
layers(
    "pooling-adaptive",
    lambda keras, layer: steps(keras, layer, length=7),
    {
        "average": lambda keras: keras.layers.AdaptiveAveragePooling1D(3),
        "max": lambda keras: keras.layers.AdaptiveMaxPooling1D(3),
        "average-wide": lambda keras: keras.layers.AdaptiveAveragePooling1D(5),
        "max-longer": lambda keras: keras.layers.AdaptiveMaxPooling1D(9),
        "average-channels_first": lambda keras: keras.layers.AdaptiveAveragePooling1D(
            3, data_format="channels_first"
        ),
    },
    keras3_only=True,
)
