/** Raw values of requests: encodes them as {@code prepare} encodes rows, without a database. */
@NullMarked
package io.scenerank.serve.raw;

import org.jspecify.annotations.NullMarked;
