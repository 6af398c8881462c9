"""Dropout, noise and activity regularisation."""

from keras_cases.registry import case, layers
from keras_cases.surroundings import clicks, steps, vector

layers(
    "regularization",
    vector,
    {
        "dropout": lambda keras: keras.layers.Dropout(0.4),
        "dropout-seed": lambda keras: keras.layers.Dropout(0.2, seed=7),
        "dropout-rate_0": lambda keras: keras.layers.Dropout(0.0),
        "gaussian_noise": lambda keras: keras.layers.GaussianNoise(0.7),
        "gaussian_dropout": lambda keras: keras.layers.GaussianDropout(0.3),
        "alpha_dropout": lambda keras: keras.layers.AlphaDropout(0.3),
        "activity-l1": lambda keras: keras.layers.ActivityRegularization(l1=0.1),
        "activity-l2": lambda keras: keras.layers.ActivityRegularization(l2=0.2),
        "activity-both": lambda keras: keras.layers.ActivityRegularization(l1=0.05, l2=0.1),
        "activity-of_dense": lambda keras: keras.layers.Dense(4, activity_regularizer="l2"),
    },
)
layers(
    "regularization",
    steps,
    {
        "spatial_dropout1d": lambda keras: keras.layers.SpatialDropout1D(0.4),
        "dropout-noise_shape": lambda keras: keras.layers.Dropout(0.5, noise_shape=(None, 1, None)),
    },
)
layers(
    "regularization-masked",
    lambda keras, layer: clicks(keras, lambda x: keras.layers.GlobalAveragePooling1D()(layer(x))),
    {
        "dropout": lambda keras: keras.layers.Dropout(0.4),
        "spatial_dropout1d": lambda keras: keras.layers.SpatialDropout1D(0.4),
        "gaussian_noise": lambda keras: keras.layers.GaussianNoise(0.4),
        "gaussian_dropout": lambda keras: keras.layers.GaussianDropout(0.4),
        "alpha_dropout": lambda keras: keras.layers.AlphaDropout(0.4),
        "activity": lambda keras: keras.layers.ActivityRegularization(l2=0.3),
    },
)


@case("regularization-activity-on_shared_layer")
def activity_of_shared(keras):
    x, y = keras.Input((3,), name="x"), keras.Input((3,), name="y")
    dense = keras.layers.Dense(4, activity_regularizer=keras.regularizers.L1L2(0.1, 0.2))
    return keras.Model([x, y], keras.layers.Add()([dense(x), dense(y)]))


@case("regularization-activity-of_embedding")
def activity_of_embedding(keras):
    x = keras.Input((6,), dtype="int32", name="x")
    return keras.Model(x, keras.layers.Embedding(11, 3, activity_regularizer="l1")(x))
