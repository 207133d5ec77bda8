// Debian installs libnifti's headers under nifti/, and nifti1_io.h asks for this one by its bare name.
#include <nifti/znzlib.h>
