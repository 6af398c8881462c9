/** Reads configuration and explains what is wrong with it; the error type of every wrong input. */
@NullMarked
package io.scenerank.config;

import org.jspecify.annotations.NullMarked;
