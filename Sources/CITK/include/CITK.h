// What Carpus asks of ITK 5.2, in plain C. Nothing here owns memory that crosses the header, and no exception crosses it:
// functions return 0, or another number with a sentence in `message`.
#ifndef CITK_H
#define CITK_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/// A borrowed view of a volume. World is LPS, mm; `direction` has its rows one after another, its columns are the axes.
typedef struct {
    const float *scalars;
    /// Of the same size; 0 where the volume does not count. Null: everywhere.
    const uint8_t *mask;
    int64_t size[3];
    double spacing[3];
    double origin[3];
    double direction[9];
} citk_volume;

/// A rotation about a centre, then a translation: `R (p - centre) + centre + translation`.
typedef struct {
    double quaternion[4];   // x, y, z, w
    double centre[3];       // mm
    double translation[3];  // mm
} citk_rigid;

/// How one level of a pyramid is aligned.
typedef struct {
    int32_t iterations;     // at most
    int32_t bins;           // of the joint histogram, along each axis
    double sampling;        // share of the fixed voxels compared, above 0 to 1
    double largest_step;    // mm
    double smallest_step;   // mm
    uint32_t seed;          // of the samples' places
} citk_rigid_options;

/// How it ended.
typedef struct {
    double metric;          // negative Mattes mutual information, nats
    int32_t iterations;
    int32_t converged;      // 1 when the step became small, 0 when the iterations ran out
} citk_rigid_ending;

/// Improves `transform` (fixed world to moving world) by Mattes mutual information.
int32_t citk_register_rigid(citk_volume fixed, citk_volume moving, citk_rigid_options options,
                            citk_rigid *transform, citk_rigid_ending *ending, char *message, int64_t capacity);

/// N4: the logarithm of the bias field of a volume whose masked values are positive.
typedef struct {
    int32_t levels;         // of the B-spline mesh, each twice as fine
    int32_t iterations;     // at each level, at most
    double convergence;     // the change of the field below which a level ends
} citk_n4_options;

/// Fills `log_field`, of the volume's size.
int32_t citk_n4(citk_volume volume, citk_n4_options options, float *log_field, char *message, int64_t capacity);

/// The version of ITK, a text that is never freed.
const char *citk_version(void);

#ifdef __cplusplus
}
#endif
#endif
