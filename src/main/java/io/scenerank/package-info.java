/** What semantic versioning covers. */
@NullMarked
package io.scenerank;

import org.jspecify.annotations.NullMarked;
