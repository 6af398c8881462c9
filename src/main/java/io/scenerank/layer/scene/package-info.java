/** The layers of multi-scenario models with dynamic weights: those of PEPNet, APG, M2M and MMoE. */
@NullMarked
package io.scenerank.layer.scene;

import org.jspecify.annotations.NullMarked;
