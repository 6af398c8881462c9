package io.scenerank;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A type that semantic versioning covers: from the first release on, a program that uses its public
 * members keeps compiling and linking until the next major version. Records among them are made by
 * their factories and {@code with…} methods; their constructors are not covered.
 *
 * <p>Other public types are for the library's own packages and may change in any version.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface PublicApi {}
