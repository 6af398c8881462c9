/**
 * Keras artefacts: what a functional model of Keras 2 or 3 is made of, which model of ours it is,
 * and the functional model that Keras would have built of ours.
 */
@NullMarked
package io.scenerank.keras;

import org.jspecify.annotations.NullMarked;
