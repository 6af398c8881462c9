"""Convolutions over the steps of a sequence."""

from keras_cases.registry import layers
from keras_cases.surroundings import clicks, steps

layers(
    "conv-conv1d",
    steps,
    {
        "plain": lambda keras: keras.layers.Conv1D(3, 2),
        "same": lambda keras: keras.layers.Conv1D(3, 3, padding="same"),
        "same-even": lambda keras: keras.layers.Conv1D(3, 4, padding="same", strides=2),
        "causal": lambda keras: keras.layers.Conv1D(3, 3, padding="causal"),
        "causal-dilated": lambda keras: keras.layers.Conv1D(
            3, 2, padding="causal", dilation_rate=2
        ),
        "causal-strides": lambda keras: keras.layers.Conv1D(3, 3, padding="causal", strides=2),
        "strides": lambda keras: keras.layers.Conv1D(3, 2, strides=3),
        "dilated": lambda keras: keras.layers.Conv1D(3, 2, dilation_rate=3),
        "dilated-same": lambda keras: keras.layers.Conv1D(3, 3, dilation_rate=2, padding="same"),
        "groups": lambda keras: keras.layers.Conv1D(6, 3, groups=2),
        "no_bias": lambda keras: keras.layers.Conv1D(3, 1, use_bias=False),
        "activation": lambda keras: keras.layers.Conv1D(3, 2, activation="relu"),
        "regularised": lambda keras: keras.layers.Conv1D(
            3, 2, kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="l2"
        ),
    },
)
layers("conv-conv1d", clicks, {"masked": lambda keras: keras.layers.Conv1D(3, 2, padding="same")})
layers(
    "conv-separable_conv1d",
    steps,
    {
        "plain": lambda keras: keras.layers.SeparableConv1D(5, 3),
        "multiplier": lambda keras: keras.layers.SeparableConv1D(5, 2, depth_multiplier=3),
        "same-strides": lambda keras: keras.layers.SeparableConv1D(5, 3, strides=2, padding="same"),
        "dilated": lambda keras: keras.layers.SeparableConv1D(5, 2, dilation_rate=2),
        "no_bias": lambda keras: keras.layers.SeparableConv1D(5, 2, use_bias=False),
    },
)
layers(
    "conv-depthwise_conv1d",
    steps,
    {
        "plain": lambda keras: keras.layers.DepthwiseConv1D(3),
        "multiplier": lambda keras: keras.layers.DepthwiseConv1D(2, depth_multiplier=3),
        "same-strides": lambda keras: keras.layers.DepthwiseConv1D(3, strides=2, padding="same"),
        "dilated": lambda keras: keras.layers.DepthwiseConv1D(2, dilation_rate=2),
        "activation": lambda keras: keras.layers.DepthwiseConv1D(2, activation="tanh"),
        "no_bias": lambda keras: keras.layers.DepthwiseConv1D(2, use_bias=False),
    },
)
layers(
    "conv-conv1d_transpose",
    steps,
    {
        "plain": lambda keras: keras.layers.Conv1DTranspose(3, 2),
        "same-strides": lambda keras: keras.layers.Conv1DTranspose(3, 3, strides=2, padding="same"),
    },
)
