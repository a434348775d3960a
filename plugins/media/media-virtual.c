/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

/**
 * @file
 * Virtual disks: VHD and VHDX by libvhdi, VMDK by libvmdk, over the object's
 * bytes; each block is made when it is asked for. A fixed VHD is its disk and
 * a footer: nothing has to be made. What nothing here opens (WIM, DMG, VDI,
 * QCOW) is told by its name; so are disks that stand on another file.
 */
#include "config.h"

#include "media.h"

#include <libbfio.h>
/* Its header hides what takes a handle of libbfio unless told that there is one. */
#define HAVE_LIBBFIO 1
#include <libvhdi.h>
#include <libvmdk.h>

/* Bytes that a virtual disk is cut to: addresses above are not believed. */
#define MAX_DISK (UINT64_C (1) << 62)
#define VHD_FOOTER 512

struct MediaVirtual {
  libbfio_handle_t *bytes;
  libbfio_pool_t *pool;
  libvhdi_file_t *vhd;
  libvmdk_handle_t *vmdk;
};

static bool
vhd_read (void *handle, uint64_t offset, void *buffer, size_t size)
{
  MediaVirtual *self = handle;
  libvhdi_error_t *error = NULL;
  ssize_t count
      = libvhdi_file_read_buffer_at_offset (self->vhd, buffer, size, (off64_t) offset, &error);
  libvhdi_error_free (&error);
  return count == (ssize_t) size;
}

static bool
vmdk_read (void *handle, uint64_t offset, void *buffer, size_t size)
{
  MediaVirtual *self = handle;
  libvmdk_error_t *error = NULL;
  ssize_t count
      = libvmdk_handle_read_buffer_at_offset (self->vmdk, buffer, size, (off64_t) offset, &error);
  libvmdk_error_free (&error);
  return count == (ssize_t) size;
}

static bool
open_bytes (SkSpan bytes, libbfio_handle_t **ret_handle)
{
  libbfio_error_t *error = NULL;
  bool good
      = libbfio_memory_range_initialize (ret_handle, &error) == 1
        && libbfio_memory_range_set (*ret_handle, (uint8_t *) bytes.data, bytes.size, &error) == 1;
  libbfio_error_free (&error);
  if (!good && *ret_handle != NULL)
    libbfio_handle_free (ret_handle, NULL);
  return good;
}

static void
say_disk (MediaVirtual *self, const MediaSource *file, uint64_t size, MediaReadFunc read,
          MediaSource *ret_disk)
{
  *ret_disk = *file;
  ret_disk->memory = (SkSpan) { NULL, 0 };
  ret_disk->size = MIN (size, MAX_DISK);
  ret_disk->start = 0;
  ret_disk->read = read;
  ret_disk->handle = self;
}

/* ---- VHD, VHDX ---- */

/* Footer: 0 "conectix" · 48 size u64, big-endian · 60 type u32: 2 fixed, 3 dynamic, 4 differencing.
 */
static bool
open_fixed (const MediaSource *file, MediaSource *ret_disk)
{
  uint8_t footer[VHD_FOOTER];
  if (file->size < 2 * VHD_FOOTER
      || !media_source_read (file, file->size - VHD_FOOTER, footer, sizeof footer)
      || memcmp (footer, "conectix", 8) != 0 || footer[63] != 2)
    return false;
  *ret_disk = media_source_window (file, 0, file->size - VHD_FOOTER);
  return true;
}

static bool
open_vhd (Media *media, MediaVirtual *self, const MediaSource *file, MediaSource *ret_disk)
{
  libvhdi_error_t *error = NULL;
  uint32_t type = 0, sector = 512;
  size64_t size = 0;
  bool good = libvhdi_file_initialize (&self->vhd, &error) == 1
              && libvhdi_file_open_file_io_handle (self->vhd, self->bytes,
                                                   libvhdi_get_access_flags_read (), &error)
                     == 1
              && libvhdi_file_get_disk_type (self->vhd, &type, &error) == 1
              && libvhdi_file_get_media_size (self->vhd, &size, &error) == 1;
  if (good)
    libvhdi_file_get_bytes_per_sector (self->vhd, &sector, &error);
  libvhdi_error_free (&error);
  if (!good)
    media_tell (media, SK_REASON_MALFORMED, "a virtual disk whose tables cannot be read");
  else if (type == LIBVHDI_DISK_TYPE_DIFFERENTIAL)
    media_tell (media, SK_REASON_UNSUPPORTED,
                "a virtual disk that holds only what differs from another");
  else
    {
      say_disk (self, file, size, vhd_read, ret_disk);
      ret_disk->sector = sector == 4096 ? 4096 : 512;
      return true;
    }
  return false;
}

/* ---- VMDK ---- */

static bool
open_extents (MediaVirtual *self, SkSpan bytes, libvmdk_error_t **error)
{
  int count = 0;
  libbfio_handle_t *extent = NULL;
  if (libvmdk_handle_get_number_of_extents (self->vmdk, &count, error) != 1 || count != 1
      || libbfio_pool_initialize (&self->pool, 1, LIBBFIO_POOL_UNLIMITED_NUMBER_OF_OPEN_HANDLES,
                                  error)
             != 1
      || !open_bytes (bytes, &extent))
    return false;
  if (libbfio_pool_set_handle (self->pool, 0, extent, libvmdk_get_access_flags_read (), error) != 1)
    {
      libbfio_handle_free (&extent, NULL);
      return false;
    }
  return libvmdk_handle_open_extent_data_files_file_io_pool (self->vmdk, self->pool, error) == 1;
}

static bool
open_vmdk (Media *media, MediaVirtual *self, const MediaSource *file, MediaSource *ret_disk)
{
  libvmdk_error_t *error = NULL;
  size64_t size = 0;
  if (!MEDIA_HAS (file, 0, "KDMV") && !MEDIA_HAS (file, 0, "COWD"))
    {
      media_tell (media, SK_REASON_UNSUPPORTED,
                  "a VMDK that only describes: its disk is in other files");
      return false;
    }
  bool good = libvmdk_handle_initialize (&self->vmdk, &error) == 1
              && libvmdk_handle_open_file_io_handle (self->vmdk, self->bytes,
                                                     libvmdk_get_access_flags_read (), &error)
                     == 1
              && open_extents (self, file->memory, &error)
              && libvmdk_handle_get_media_size (self->vmdk, &size, &error) == 1;
  libvmdk_error_free (&error);
  if (!good)
    media_tell (media, SK_REASON_MALFORMED,
                "a VMDK whose tables cannot be read, or of several files");
  else
    say_disk (self, file, size, vmdk_read, ret_disk);
  return good;
}

/* ---- all ---- */

void
media_virtual_close (MediaVirtual *self)
{
  if (self == NULL)
    return;
  if (self->vhd != NULL)
    libvhdi_file_free (&self->vhd, NULL);
  if (self->vmdk != NULL)
    libvmdk_handle_free (&self->vmdk, NULL);
  if (self->pool != NULL)
    libbfio_pool_free (&self->pool, NULL);
  if (self->bytes != NULL)
    libbfio_handle_free (&self->bytes, NULL);
  g_free (self);
}

typedef struct Format {
  const char *type, *name, *product; /* `product`: nothing opens it */
} Format;

static const Format formats[] = {
  { "application/x-vhd", "vhd", NULL },
  { "application/x-vhdx", "vhdx", NULL },
  { "application/x-vmdk", "vmdk", NULL },
  { "application/x-vdi", "vdi", "VirtualBox disk (VDI)" },
  { "application/x-qemu-disk", "qcow", "QEMU disk (QCOW)" },
  { "application/x-ms-wim", "wim", "Windows imaging (WIM)" },
  { "application/x-apple-diskimage", "dmg", "Apple disk image (DMG)" },
};

static const Format *
format_of (const char *type)
{
  for (size_t i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (formats[i].type, type) == 0)
      return &formats[i];
  return NULL;
}

bool
media_virtual_is (const char *type)
{
  return format_of (type) != NULL;
}

MediaVirtual *
media_virtual_open (Media *media, const MediaSource *file, const char *type, MediaSource *ret_disk)
{
  const Format *format = format_of (type);
  media_fact (media, MEDIA_FORMAT, format->name);
  if (format->product != NULL && MEDIA_HAS (file, 0, "encrcdsa"))
    {
      media_tell (media, SK_REASON_ENCRYPTED, "%s", format->product);
      return NULL;
    }
  if (format->product != NULL)
    {
      media_tell (media, SK_REASON_UNSUPPORTED, "%s", format->product);
      return NULL;
    }
  MediaVirtual *self = g_new0 (MediaVirtual, 1);
  bool vhd = strcmp (format->name, "vhd") == 0, vmdk = strcmp (format->name, "vmdk") == 0;
  if (vhd && open_fixed (file, ret_disk))
    return self;
  /* The libraries make their tables, as large as the headers say, without asking for work. */
  bool good = media_work (media, 1 + file->size / 1024) && open_bytes (file->memory, &self->bytes)
              && (vmdk ? open_vmdk (media, self, file, ret_disk)
                       : open_vhd (media, self, file, ret_disk));
  if (good)
    return self;
  media_virtual_close (self);
  return NULL;
}
