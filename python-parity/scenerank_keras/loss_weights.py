"""Learned weights of the tasks' losses, as plain training steps of Keras 3 on TensorFlow.

``Uncertainty`` is Kendall, Gal and Cipolla (2018), section 3.2; ``GradNorm`` is Chen et al. (2018),
section 3 and algorithm 1. The tapes compute every gradient, those of the weights too.
"""

import tensorflow as tf

from .backend import tf_variable

# No weight of GradNorm gets below it.
LEAST = 1e-3


class TaskLoss:
    """The loss of a task in a batch: the sum of weight times loss by the number of rows.

    :param rows: ``rows(labels, outputs)`` returns the loss of each row, [B]
    :param regression: whether the task predicts a number with a normal error
    """

    def __init__(self, rows, regression=False):
        self.rows = rows
        self.regression = regression

    def __call__(self, labels, outputs, weights):
        """Return the loss and the rows' mean weight, two scalars; all given are [B, 1]."""
        loss = tf.reshape(self.rows(labels, outputs), [-1])
        weights = tf.reshape(weights, [-1])
        return tf.reduce_mean(loss * weights), tf.reduce_mean(weights)


class _Balance:
    """What both methods share: a model, its optimizer and the losses of the tasks."""

    def __init__(self, keras, model, optimizer, losses):
        self.keras = keras
        self.model = model
        self.optimizer = optimizer
        self.losses = losses

    def build(self):
        """Create the optimizers' variables, so that a compiled step creates none."""
        self.optimizer.build([*self.model.trainable_variables, *self._learned()])

    def _learned(self):
        """Return the variables that the model's optimizer updates besides the model's."""
        return []

    def _task_losses(self, batch, training):
        """Return the losses [T] and the mean weights [T] of ``(features, labels, weights)``."""
        features, labels, weights = batch
        outputs = self.model(features, training=training)
        pairs = [
            loss(labels[task], outputs[task], weights[task]) for task, loss in self.losses.items()
        ]
        return tf.stack([pair[0] for pair in pairs]), tf.stack([pair[1] for pair in pairs])

    def _update(self, tape, loss):
        """Let the optimizer update the variables."""
        variables = [*self.model.trainable_variables, *self._learned()]
        grads = tape.gradient(loss, [tf_variable(v) for v in variables])
        self.optimizer.apply_gradients(zip(grads, variables))


class Uncertainty(_Balance):
    """Weights by each task's noise: ``L / (2 s²) + log s`` of a regression, else ``L / s² + log s``.

    What is learned is log s², by the optimizer of the model's variables; log s counts by the mean
    weight of the batch's rows.
    """

    def __init__(self, keras, model, optimizer, losses):
        super().__init__(keras, model, optimizer, losses)
        self.log_variances = keras.Variable([0.0] * len(losses), dtype="float32")

    def _learned(self):
        return [self.log_variances]

    def factors(self):
        """Return what each task's loss is multiplied by, [T]."""
        half = tf.constant([0.5 if loss.regression else 1.0 for loss in self.losses.values()])
        return half * tf.exp(-self.log_variances.value)

    def data_loss(self, batch, training=False):
        """Return the loss of ``(features, labels, weights)`` without regularisers."""
        losses, weights = self._task_losses(batch, training)
        log_deviations = 0.5 * self.log_variances.value
        return tf.reduce_sum(self.factors() * losses + weights * log_deviations)

    def step(self, batch):
        """Train one step; return the loss before it and the factors of the losses."""
        factors = self.factors()
        with tf.GradientTape() as tape:
            loss = tf.add_n([self.data_loss(batch, training=True), *self.model.losses])
        self._update(tape, loss)
        return loss, factors


class GradNorm(_Balance):
    """Weights that keep the tasks' gradients of shared variables near their mean norm.

    :param shared: the variables whose gradients are compared
    :param alpha: how far tasks that train slowly are preferred
    :param learning_rate: of the weights, whose optimizer is Adam
    """

    def __init__(
        self, keras, model, optimizer, losses, shared, alpha=1.5, learning_rate=0.025
    ):
        super().__init__(keras, model, optimizer, losses)
        self.shared = [tf_variable(v) for v in shared]
        self.alpha = alpha
        self.weights = keras.Variable([1.0] * len(losses), dtype="float32")
        self.weights_optimizer = keras.optimizers.Adam(learning_rate)
        self.first = keras.Variable([0.0] * len(losses), dtype="float32")  # 0 where not known

    def build(self):
        super().build()
        self.weights_optimizer.build([self.weights])

    def factors(self):
        """Return what each task's loss is multiplied by, [T]."""
        return tf.identity(self.weights.value)

    def data_loss(self, batch, training=False):
        """Return the loss of ``(features, labels, weights)`` without regularisers."""
        return tf.reduce_sum(self.factors() * self._task_losses(batch, training)[0])

    def step(self, batch):
        """Train one step; return the loss before it and the factors of the losses."""
        factors = self.factors()
        weights = tf_variable(self.weights)
        with tf.GradientTape() as of_weights:
            with tf.GradientTape(persistent=True) as of_model:
                losses, rows = self._task_losses(batch, training=True)
                weighted = [weights[i] * losses[i] for i in range(len(self.losses))]
                loss = tf.add_n([*weighted, *self.model.losses])
            norms = tf.stack([self._norm(of_model, one) for one in weighted])
            distance = self._distance(norms, losses, rows)
        grad = of_weights.gradient(distance, weights)
        self._update(of_model, loss)
        self.weights_optimizer.apply_gradients([(grad, self.weights)])
        positive = tf.maximum(self.weights.value, LEAST)
        self.weights.assign(positive * (len(self.losses) / tf.reduce_sum(positive)))
        return loss, factors

    def _norm(self, tape, loss):
        """Return the norm of a gradient; at 0 the root has no slope."""
        grads = [grad for grad in tape.gradient(loss, self.shared) if grad is not None]
        squares = tf.add_n([tf.reduce_sum(tf.square(grad)) for grad in grads])
        return tf.sqrt(tf.maximum(squares, 1e-30))

    def _distance(self, norms, losses, rows):
        """Return the sum over the tasks with labels of the distance to the target norm."""
        labelled = tf.cast(rows > 0, tf.float32)

        def mean(values):
            return tf.reduce_sum(values * labelled) / tf.reduce_sum(labelled)

        of_rows = tf.math.divide_no_nan(losses, rows)  # of a row with a label
        first = tf.where(self.first.value == 0, of_rows, self.first.value)
        self.first.assign(first)
        ratios = tf.math.divide_no_nan(of_rows, first)
        targets = mean(norms) * tf.pow(ratios / mean(ratios), self.alpha)
        return tf.reduce_sum(labelled * tf.abs(norms - tf.stop_gradient(targets)))
