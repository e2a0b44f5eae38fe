import * as attributes from "./attribute_calls.ts";
import { blobBatch } from "./batch.ts";
import { getBlockList, putBlock, putBlockList } from "./blocks.ts";
import type { Handler } from "./call.ts";
import * as containers from "./containers.ts";
import * as copies from "./copy_calls.ts";
import { deleteBlob, undeleteBlob } from "./delete_blob.ts";
import { getBlob, getBlobMetadata, getBlobProperties } from "./get_blob.ts";
import { leaseBlob, leaseContainer } from "./lease_calls.ts";
import { listBlobs } from "./list_blobs.ts";
import * as paths from "./path_calls.ts";
import { listFilesystems, listPaths } from "./path_list.ts";
import { renamePath } from "./path_rename.ts";
import { putBlob } from "./put_blob.ts";
import type { Operation } from "./route.ts";
import * as service from "./service_calls.ts";

/** What does each operation. */
export const HANDLERS: Readonly<Partial<Record<Operation, Handler>>> = {
  AbortCopyBlob: copies.abortCopyBlob,
  BlobBatch: blobBatch,
  CopyBlob: copies.copyBlob,
  CopyBlobFromURL: copies.copyBlobFromUrl,
  CreateContainer: containers.createContainer,
  DeleteBlob: deleteBlob,
  DeleteBlobImmutabilityPolicy: attributes.deleteImmutabilityPolicy,
  DeleteContainer: containers.deleteContainer,
  FilesystemCreate: containers.createContainer,
  FilesystemDelete: containers.deleteContainer,
  FilesystemGetProperties: containers.getContainerProperties,
  FilesystemList: listFilesystems,
  FindBlobsByTags: service.findBlobsByTags,
  GetAccountInformation: service.getAccountInformation,
  GetBlob: getBlob,
  GetBlobMetadata: getBlobMetadata,
  GetBlobProperties: getBlobProperties,
  GetBlobServiceProperties: service.getServiceProperties,
  GetBlobServiceStats: service.getServiceStats,
  GetBlobTags: attributes.getBlobTags,
  GetBlockList: getBlockList,
  GetContainerACL: containers.getContainerAcl,
  GetContainerMetadata: containers.getContainerProperties,
  GetContainerProperties: containers.getContainerProperties,
  GetUserDelegationKey: service.getUserDelegationKey,
  LeaseBlob: leaseBlob,
  LeaseContainer: leaseContainer,
  ListBlobs: listBlobs,
  ListContainers: containers.listContainers,
  PathAppend: paths.appendPath,
  PathCreate: paths.createPath,
  PathDelete: paths.deletePath,
  PathFlush: paths.flushPath,
  PathGetStatus: paths.getPathStatus,
  PathList: listPaths,
  PathRename: renamePath,
  PathSetProperties: paths.setPathProperties,
  PutBlob: putBlob,
  PutBlobFromURL: copies.putBlobFromUrl,
  PutBlock: putBlock,
  PutBlockFromURL: copies.putBlockFromUrl,
  PutBlockList: putBlockList,
  RestoreContainer: containers.restoreContainer,
  SetBlobImmutabilityPolicy: attributes.setImmutabilityPolicy,
  SetBlobLegalHold: attributes.setLegalHold,
  SetBlobMetadata: attributes.setBlobMetadata,
  SetBlobProperties: attributes.setBlobProperties,
  SetBlobServiceProperties: service.setServiceProperties,
  SetBlobTags: attributes.setBlobTags,
  SetBlobTier: attributes.setBlobTier,
  SetContainerACL: containers.setContainerAcl,
  SetContainerMetadata: containers.setContainerMetadata,
  SnapshotBlob: attributes.snapshotBlob,
  UndeleteBlob: undeleteBlob,
};
