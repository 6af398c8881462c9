/** Training day by day, each day measured before it is trained on. */
@NullMarked
package io.scenerank.run.days;

import org.jspecify.annotations.NullMarked;
