/**
 * The built-in data: impressions in the shape of KuaiRand-1K whose labels are drawn from planted
 * probabilities, so that what a model could reach at best is known. {@link
 * io.scenerank.data.synthetic.SyntheticSource} says what is planted.
 */
@NullMarked
package io.scenerank.data.synthetic;

import org.jspecify.annotations.NullMarked;
