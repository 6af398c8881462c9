/** Writes models as ONNX. */
@NullMarked
package io.scenerank.export.onnx;

import org.jspecify.annotations.NullMarked;
